#ifndef PARLEY_CONNECTION_BYTE_BUFFER_H_
#define PARLEY_CONNECTION_BYTE_BUFFER_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

namespace parley {

/// Bytes that grow at the end, without the cost of setting new room to zero.
class ByteBuffer {
 public:
  const char* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// Room for `count` more bytes; they count as content from now on.
  char* Grow(std::size_t count) {
    if (capacity_ - size_ < count) {
      Reserve(size_ + count);
    }
    char* place = data_.get() + size_;
    size_ += count;
    return place;
  }

  /// Takes back what Grow gave after the buffer had `size` bytes.
  void Shrink(std::size_t size) { size_ = size; }

  /// Empties it. Keeps memory up to `keep` bytes.
  void Clear(std::size_t keep) {
    size_ = 0;
    if (capacity_ > keep) {
      data_.reset();
      capacity_ = 0;
    }
  }

  void Swap(ByteBuffer& that) {
    data_.swap(that.data_);
    std::swap(size_, that.size_);
    std::swap(capacity_, that.capacity_);
  }

 private:
  void Reserve(std::size_t needed) {
    std::size_t capacity = capacity_ == 0 ? 1024 : capacity_ * 2;
    if (capacity < needed) {
      capacity = needed;
    }
    std::unique_ptr<char[]> data(new char[capacity]);
    if (size_ > 0) {
      std::memcpy(data.get(), data_.get(), size_);
    }
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_BYTE_BUFFER_H_
