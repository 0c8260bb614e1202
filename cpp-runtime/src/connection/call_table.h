#ifndef PARLEY_CONNECTION_CALL_TABLE_H_
#define PARLEY_CONNECTION_CALL_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace parley {

/// Calls by id: a hash table whose places are reused, so that a call costs no allocation here, and
/// no call costs more because many others are there or because one stays for long. Not safe for use
/// by many threads; it stands under the connection's lock.
template <typename C>
class CallTable {
 public:
  std::size_t size() const { return size_; }

  /// The call with that id, or null.
  C* Get(std::uint64_t id) const {
    const std::uint32_t place = Find(id);
    return place == kNone ? nullptr : places_[place].call.get();
  }

  /// The same, held.
  std::shared_ptr<C> Share(std::uint64_t id) const {
    const std::uint32_t place = Find(id);
    return place == kNone ? nullptr : places_[place].call;
  }

  /// Adds a call under an id that is not in the table.
  void Put(std::uint64_t id, std::shared_ptr<C> call) {
    if (size_ == places_.size()) {
      Enlarge();
    }
    const std::uint32_t place = free_;
    Place& taken = places_[place];
    free_ = taken.next;
    taken.id = id;
    taken.call = std::move(call);
    std::uint32_t& head = heads_[Home(id)];
    taken.next = head;
    head = place;
    ++size_;
  }

  /// Removes and gives the call with that id, or null.
  std::shared_ptr<C> Remove(std::uint64_t id) {
    if (heads_.empty()) {
      return nullptr;
    }
    std::uint32_t* link = &heads_[Home(id)];
    while (*link != kNone && places_[*link].id != id) {
      link = &places_[*link].next;
    }
    if (*link == kNone) {
      return nullptr;
    }
    const std::uint32_t place = *link;
    Place& left = places_[place];
    *link = left.next;
    left.next = free_;
    free_ = place;
    --size_;
    return std::move(left.call);
  }

  /// Removes and gives all calls.
  std::vector<std::shared_ptr<C>> RemoveAll() {
    return RemoveIf([](std::uint64_t, const C&) { return true; });
  }

  /// Removes and gives all calls for which `wanted(id, call)` holds.
  template <typename Wanted>
  std::vector<std::shared_ptr<C>> RemoveIf(const Wanted& wanted) {
    std::vector<std::uint64_t> ids;
    for (const Place& place : places_) {
      if (place.call != nullptr && wanted(place.id, *place.call)) {
        ids.push_back(place.id);
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
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Place {
    std::uint64_t id = 0;
    std::shared_ptr<C> call;
    /// The next one of the same home, or the next free one.
    std::uint32_t next = kNone;
  };

  // The ids of one side are two apart, so their halves fill the table evenly.
  std::size_t Home(std::uint64_t id) const {
    return static_cast<std::size_t>(id >> 1) & (heads_.size() - 1);
  }

  std::uint32_t Find(std::uint64_t id) const {
    if (heads_.empty()) {
      return kNone;
    }
    std::uint32_t place = heads_[Home(id)];
    while (place != kNone && places_[place].id != id) {
      place = places_[place].next;
    }
    return place;
  }

  /// Doubles it; all places are taken.
  void Enlarge() {
    const std::size_t before = places_.size();
    places_.resize(before == 0 ? 8 : before * 2);
    heads_.assign(places_.size(), kNone);
    for (std::uint32_t place = 0; place < before; ++place) {
      std::uint32_t& head = heads_[Home(places_[place].id)];
      places_[place].next = head;
      head = place;
    }
    for (std::uint32_t place = static_cast<std::uint32_t>(places_.size()); place > before;
         --place) {
      places_[place - 1].next = free_;
      free_ = place - 1;
    }
  }

  std::vector<Place> places_;
  std::vector<std::uint32_t> heads_;
  std::uint32_t free_ = kNone;
  std::size_t size_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_CALL_TABLE_H_
