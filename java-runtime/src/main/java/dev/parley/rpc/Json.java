package dev.parley.rpc;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data like JSON's, as plain Java objects outside and as a {@code google.protobuf.Value} on the
 * wire (U-1): null, Boolean, String, Double, List, and Map with Strings for keys.
 */
public final class Json {
  /** How deep lists and maps may nest: what protobuf's parsers read. */
  private static final int DEEPEST = 45;

  private Json() {}

  /**
   * The message for some data. Numbers of all kinds become doubles, as in JSON.
   *
   * @throws IllegalArgumentException for an object that JSON has nothing like, a number that is not
   *     finite, and what nests deeper than 45 levels
   */
  public static Value toValue(@Nullable Object data) {
    return toValue(data, 0);
  }

  private static Value toValue(@Nullable Object data, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("U-1: the data nest deeper than " + DEEPEST + " levels");
    }
    Value.Builder value = Value.newBuilder();
    if (data == null) {
      return value.setNullValue(NullValue.NULL_VALUE).build();
    }
    if (data instanceof Value ready) {
      return ready;
    }
    if (data instanceof Boolean bool) {
      return value.setBoolValue(bool).build();
    }
    if (data instanceof CharSequence text) {
      return value.setStringValue(text.toString()).build();
    }
    if (data instanceof Number number) {
      double finite = number.doubleValue();
      if (Double.isNaN(finite) || Double.isInfinite(finite)) {
        throw new IllegalArgumentException("U-1: JSON has no number " + number);
      }
      return value.setNumberValue(finite).build();
    }
    if (data instanceof Iterable<?> list) {
      ListValue.Builder values = ListValue.newBuilder();
      for (Object element : list) {
        values.addValues(toValue(element, depth + 1));
      }
      return value.setListValue(values).build();
    }
    if (data instanceof Map<?, ?> map) {
      Struct.Builder fields = Struct.newBuilder();
      for (Map.Entry<?, ?> field : map.entrySet()) {
        if (!(field.getKey() instanceof String key)) {
          throw new IllegalArgumentException("U-1: a key of JSON is a string, not " + field);
        }
        fields.putFields(key, toValue(field.getValue(), depth + 1));
      }
      return value.setStructValue(fields).build();
    }
    throw new IllegalArgumentException("U-1: JSON has nothing like " + data.getClass().getName());
  }

  /** The data in a message: a value that says nothing is null. The caller's own. */
  public static @Nullable Object fromValue(Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, KIND_NOT_SET -> null;
      case BOOL_VALUE -> value.getBoolValue();
      case STRING_VALUE -> value.getStringValue();
      case NUMBER_VALUE -> value.getNumberValue();
      case LIST_VALUE -> {
        List<@Nullable Object> list = new ArrayList<>(value.getListValue().getValuesCount());
        for (Value element : value.getListValue().getValuesList()) {
          list.add(fromValue(element));
        }
        yield list;
      }
      case STRUCT_VALUE -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        value
            .getStructValue()
            .getFieldsMap()
            .forEach((key, field) -> map.put(key, fromValue(field)));
        yield map;
      }
    };
  }
}
