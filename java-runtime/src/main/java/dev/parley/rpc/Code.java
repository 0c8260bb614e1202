package dev.parley.rpc;

/**
 * Why a call failed: the sixteen codes of gRPC and Connect, with their numbers.
 *
 * <p>Success is not among them: a call that succeeds gives its reply.
 */
public enum Code {
  /** The caller took the call back. */
  CANCELLED(1),
  /** An error of no known kind, also one whose number this side does not know. */
  UNKNOWN(2),
  /** The request is wrong whatever the state of the system. */
  INVALID_ARGUMENT(3),
  /** The time-out passed; the handler may have run all the same. */
  DEADLINE_EXCEEDED(4),
  /** What was asked for is not there. */
  NOT_FOUND(5),
  /** What was to be made is there already. */
  ALREADY_EXISTS(6),
  /** The caller is known and may not. */
  PERMISSION_DENIED(7),
  /** A limit was reached: a size, a window, a quota. */
  RESOURCE_EXHAUSTED(8),
  /** The system is not in the state that the request needs; retrying alone does not help. */
  FAILED_PRECONDITION(9),
  /** A conflict with something at the same time; retry at a higher level. */
  ABORTED(10),
  /** Past the end of what there is. */
  OUT_OF_RANGE(11),
  /** No such method here, or one of another shape. */
  UNIMPLEMENTED(12),
  /** A promise was broken: a bug on either side. */
  INTERNAL(13),
  /** The peer cannot be reached or takes no calls now; retrying may help. */
  UNAVAILABLE(14),
  /** Something is lost and will not come back. */
  DATA_LOSS(15),
  /** The caller has not said, or not proved, who it is. */
  UNAUTHENTICATED(16);

  private static final Code[] BY_NUMBER = new Code[17];

  static {
    for (Code code : values()) {
      BY_NUMBER[code.number] = code;
    }
  }

  private final int number;

  Code(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** The code with that number; {@link #UNKNOWN} for a number outside 1 to 16. */
  public static Code of(int number) {
    return number >= 1 && number <= 16 ? BY_NUMBER[number] : UNKNOWN;
  }
}
