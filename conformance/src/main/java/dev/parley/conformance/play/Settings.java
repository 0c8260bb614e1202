package dev.parley.conformance.play;

import dev.parley.conformance.program.Line;
import dev.parley.conformance.v1.Setting;

/** Options of `serve` and `connect`, as a case states them. */
final class Settings {
  private Settings() {}

  static Line apply(Line command, Setting setting) {
    if (!setting.getName().isEmpty()) {
      command.withText("name", setting.getName());
    }
    if (setting.getMaxCalls() != 0) {
      command.with("max_calls", setting.getMaxCalls());
    }
    if (setting.getMaxFrame() != 0) {
      command.with("max_frame", setting.getMaxFrame());
    }
    if (setting.getMaxMessage() != 0) {
      command.with("max_message", setting.getMaxMessage());
    }
    if (setting.getWindow() != 0) {
      command.with("window", setting.getWindow());
    }
    if (!setting.getPayload().isEmpty()) {
      command.withBytes("payload", setting.getPayload());
    }
    return command;
  }
}
