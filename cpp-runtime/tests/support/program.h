#ifndef PARLEY_TESTS_SUPPORT_PROGRAM_H_
#define PARLEY_TESTS_SUPPORT_PROGRAM_H_

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "parley/transport/descriptor.h"

extern char** environ;

namespace parley {

/// Another program, whose input and output are ours. Killed and waited for at the end.
class Program {
 public:
  /// @param given descriptors of ours that it gets, each with its number there
  explicit Program(const std::vector<std::string>& command,
                   const std::vector<std::pair<int, int>>& given = {}) {
    int to[2];
    int from[2];
    if (::pipe2(to, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    Descriptor child_input(to[0]);
    input_ = Descriptor(to[1]);
    if (::pipe2(from, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    output_ = Descriptor(from[0]);
    Descriptor child_output(from[1]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    for (const auto& [ours, theirs] : given) {
      ::posix_spawn_file_actions_adddup2(&actions, ours, theirs);
    }
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int error =
        ::posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("cannot start " + command[0]);
  }

  ~Program() { Kill(); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }

  /// The next line of its output, without the line's end; what is left at the end of the output.
  std::string ReadLine() {
    std::string line;
    char c;
    while (true) {
      const ssize_t count = ::read(output_.number(), &c, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 || c == '\n') return line;
      line += c;
    }
  }

  /// Ends its input and waits for it. Returns its exit status, -1 when a signal ended it.
  int Finish() {
    input_.Close();
    return Wait();
  }

  /// kill -9, then waits for it.
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    Wait();
  }

 private:
  int Wait() {
    int status = 0;
    while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  pid_t pid_ = -1;
  Descriptor input_;
  Descriptor output_;
};

}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_PROGRAM_H_
