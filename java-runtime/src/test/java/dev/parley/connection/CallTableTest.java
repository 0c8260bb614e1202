package dev.parley.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class CallTableTest {
  /**
   * Positive: put that id, or remove it if it is there. Few ids, so that many share their homes.
   */
  @Property
  void itHoldsWhatAMapHolds(@ForAll @Size(max = 400) List<@LongRange(min = 1, max = 96) Long> ids) {
    CallTable<String> table = new CallTable<>();
    Map<Long, String> map = new HashMap<>();
    for (long small : ids) {
      long id = spread(small);
      if (map.containsKey(id)) {
        assertThat(table.remove(id)).isEqualTo(map.remove(id));
      } else {
        String call = "call " + id;
        table.put(id, call);
        map.put(id, call);
      }
      assertThat(table.remove(id + 1_000_000)).isNull();
      assertThat(table.size()).isEqualTo(map.size());
    }
    for (long small = 1; small <= 96; small++) {
      assertThat(table.get(spread(small))).isEqualTo(map.get(spread(small)));
    }
    List<String> all = new ArrayList<>();
    table.forEach(all::add);
    assertThat(all).containsExactlyInAnyOrderElementsOf(map.values());
  }

  /** One third in sequence, two thirds at the same few homes. */
  private static long spread(long small) {
    return small % 3 == 0 ? small * 2 + 1 : (small << 20) + 1;
  }
}
