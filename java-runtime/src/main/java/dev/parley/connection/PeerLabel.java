package dev.parley.connection;

/**
 * What messages and the wire log call the peer; it may become better known. Safe for many threads.
 */
final class PeerLabel {
  private volatile String text;

  PeerLabel(String text) {
    this.text = text;
  }

  void set(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
