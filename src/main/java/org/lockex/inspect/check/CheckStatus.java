package org.lockex.inspect.check;

/** What a monitoring plugin answers; the later one is worse. */
public enum CheckStatus {
  /** All is well. */
  OK(0),
  /** Nobody can tell. */
  UNKNOWN(3),
  /** Somebody should look. */
  WARNING(1),
  /** Somebody has to look. */
  CRITICAL(2);

  private final int code;

  CheckStatus(int code) {
    this.code = code;
  }

  /** {@return the exit code} */
  public int code() {
    return code;
  }

  CheckStatus orWorse(CheckStatus other) {
    return other.compareTo(this) > 0 ? other : this;
  }
}
