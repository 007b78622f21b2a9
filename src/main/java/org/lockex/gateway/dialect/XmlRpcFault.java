package org.lockex.gateway.dialect;

/** What an XML-RPC call is answered instead of a value; the message is for people. */
final class XmlRpcFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The configuration names no such lock. */
  static final int NO_SUCH_LOCK = 1;

  /** The lock is in use with another size. */
  static final int OTHER_SIZE = 2;

  /** ZooKeeper is away. */
  static final int AWAY = 3;

  /** A limit of this lockexd is reached. */
  static final int TOO_MANY = 4;

  /** Not well formed, as in the specification for fault codes of XML-RPC. */
  static final int PARSE = -32700;

  /** No such method. */
  static final int NO_METHOD = -32601;

  /** The parameters do not fit the method. */
  static final int PARAMETERS = -32602;

  private final int code;

  XmlRpcFault(int code, String sentence) {
    super(sentence, null, false, false);
    this.code = code;
  }

  int code() {
    return code;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }
}
