// A server process for the tests of the claim. Says one line, then holds what it has until its
// input ends.
//
//   claim_child claim PATH    claims PATH: `claimed`, or `error: ...`
//   claim_child lock FILE     takes the lock alone, in the way of other languages: `locked`

#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include "parley/transport/endpoint.h"
#include "parley/transport/path_claim.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string mode = argv[1];
  std::unique_ptr<parley::PathClaim> claim;
  if (mode == "claim") {
    try {
      claim = parley::PathClaim::Take(parley::Endpoint::Path(argv[2]), 16);
      std::cout << "claimed" << std::endl;
    } catch (const std::exception& error) {
      std::cout << "error: " << error.what() << std::endl;
      return 1;
    }
  } else if (mode == "lock") {
    const int file = ::open(argv[2], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file, F_SETLK, &lock) != 0) return 1;
    std::cout << "locked" << std::endl;
  } else {
    return 2;
  }
  char c;
  while (::read(0, &c, 1) > 0) {
  }
  return 0;
}
