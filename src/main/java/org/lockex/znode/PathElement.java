package org.lockex.znode;

/** What ZooKeeper takes as one element of a path: PathUtils.validatePath in ZooKeeper 3.9. */
final class PathElement {
  private PathElement() {}

  /**
   * Refuses what ZooKeeper would refuse.
   *
   * @param what the subject of the message, for example {@code "a lock id"}
   */
  static void check(String what, String element) {
    if (element.isEmpty()) {
      throw new IllegalArgumentException(what + " must not be empty");
    }
    if (element.equals(".") || element.equals("..")) {
      throw new IllegalArgumentException(what + " must not be \"" + element + "\"");
    }
    for (int i = 0; i < element.length(); i++) {
      char c = element.charAt(i);
      if (!allowed(c)) {
        throw new IllegalArgumentException(what + " must not contain " + name(element, i));
      }
    }
  }

  static boolean allowed(char c) {
    return c != '/'
        && c > '\u001f'
        && !(c >= '\u007f' && c <= '\u009f')
        && !(c >= '\ud800' && c <= '\uf8ff')
        && c < '\ufff0';
  }

  private static String name(String element, int index) {
    char c = element.charAt(index);
    if (c == '/') {
      return "'/'";
    }
    StringBuilder name = new StringBuilder("U+");
    String hex = Integer.toHexString(element.codePointAt(index)).toUpperCase(java.util.Locale.ROOT);
    for (int i = hex.length(); i < 4; i++) {
      name.append('0');
    }
    return name.append(hex).toString();
  }
}
