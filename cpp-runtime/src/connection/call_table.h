#ifndef PARLEY_CONNECTION_CALL_TABLE_H_
#define PARLEY_CONNECTION_CALL_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace parley {

/// Calls by id: a hash table with open addressing, so that a call costs no allocation here. Not
/// safe for use by many threads; it stands under the connection's lock.
template <typename C>
class CallTable {
 public:
  std::size_t size() const { return size_; }

  /// The call with that id, or null.
  C* Get(std::uint64_t id) const { return slots_.empty() ? nullptr : slots_[Find(id)].call.get(); }

  /// The same, held.
  std::shared_ptr<C> Share(std::uint64_t id) const {
    return slots_.empty() ? nullptr : slots_[Find(id)].call;
  }

  /// Adds a call under an id that is not in the table.
  void Put(std::uint64_t id, std::shared_ptr<C> call) {
    if (size_ * 2 >= slots_.size()) {
      Enlarge();
    }
    Slot& slot = slots_[Find(id)];
    slot.id = id;
    slot.call = std::move(call);
    ++size_;
  }

  /// Removes and gives the call with that id, or null.
  std::shared_ptr<C> Remove(std::uint64_t id) {
    if (slots_.empty()) {
      return nullptr;
    }
    std::size_t hole = Find(id);
    std::shared_ptr<C> call = std::move(slots_[hole].call);
    if (call == nullptr) {
      return nullptr;
    }
    --size_;
    // Moves back what a later search would no longer find behind the hole.
    for (std::size_t next = After(hole); slots_[next].call != nullptr; next = After(next)) {
      const std::size_t home = Home(slots_[next].id);
      const bool stays =
          hole <= next ? (hole < home && home <= next) : (hole < home || home <= next);
      if (!stays) {
        slots_[hole] = std::move(slots_[next]);
        slots_[next].call = nullptr;
        hole = next;
      }
    }
    return call;
  }

  /// Removes and gives all calls.
  std::vector<std::shared_ptr<C>> RemoveAll() {
    return RemoveIf([](std::uint64_t, const C&) { return true; });
  }

  /// Removes and gives all calls for which `wanted(id, call)` holds.
  template <typename Wanted>
  std::vector<std::shared_ptr<C>> RemoveIf(const Wanted& wanted) {
    std::vector<std::uint64_t> ids;
    for (const Slot& slot : slots_) {
      if (slot.call != nullptr && wanted(slot.id, *slot.call)) {
        ids.push_back(slot.id);
      }
    }
    std::vector<std::shared_ptr<C>> removed;
    removed.reserve(ids.size());
    for (const std::uint64_t id : ids) {
      removed.push_back(Remove(id));
    }
    return removed;
  }

 private:
  struct Slot {
    std::uint64_t id = 0;
    std::shared_ptr<C> call;
  };

  // The ids of one side are two apart, so their halves fill the table evenly.
  std::size_t Home(std::uint64_t id) const {
    return static_cast<std::size_t>(id >> 1) & (slots_.size() - 1);
  }
  std::size_t After(std::size_t place) const { return (place + 1) & (slots_.size() - 1); }

  /// The slot that holds `id`, or the empty one where it belongs.
  std::size_t Find(std::uint64_t id) const {
    std::size_t place = Home(id);
    while (slots_[place].call != nullptr && slots_[place].id != id) {
      place = After(place);
    }
    return place;
  }

  void Enlarge() {
    std::vector<Slot> old(slots_.empty() ? 8 : slots_.size() * 2);
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.call != nullptr) {
        Slot& place = slots_[Find(slot.id)];
        place = std::move(slot);
      }
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_CALL_TABLE_H_
