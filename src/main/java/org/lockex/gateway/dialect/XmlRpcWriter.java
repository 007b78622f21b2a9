package org.lockex.gateway.dialect;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** XML-RPC answers (xmlrpc.com/spec): of String, Integer, Boolean, List and Map. */
final class XmlRpcWriter {
  private static final String HEAD = "<?xml version=\"1.0\"?><methodResponse>";

  private XmlRpcWriter() {}

  static byte[] value(Object value) {
    StringBuilder xml = new StringBuilder(HEAD).append("<params><param>");
    write(xml, value);
    return bytes(xml.append("</param></params></methodResponse>"));
  }

  static byte[] fault(int code, String sentence) {
    StringBuilder xml = new StringBuilder(HEAD).append("<fault>");
    write(xml, Map.of("faultCode", code, "faultString", sentence));
    return bytes(xml.append("</fault></methodResponse>"));
  }

  private static byte[] bytes(StringBuilder xml) {
    return xml.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(StringBuilder xml, Object value) {
    xml.append("<value>");
    switch (value) {
      case Integer number -> xml.append("<int>").append(number).append("</int>");
      case Boolean flag -> xml.append("<boolean>").append(flag ? 1 : 0).append("</boolean>");
      case List<?> list -> {
        xml.append("<array><data>");
        list.forEach(element -> write(xml, element));
        xml.append("</data></array>");
      }
      case Map<?, ?> map -> {
        xml.append("<struct>");
        map.forEach((name, member) -> {
          xml.append("<member><name>");
          escape(xml, name.toString());
          xml.append("</name>");
          write(xml, member);
          xml.append("</member>");
        });
        xml.append("</struct>");
      }
      default -> {
        xml.append("<string>");
        escape(xml, value.toString());
        xml.append("</string>");
      }
    }
    xml.append("</value>");
  }

  private static void escape(StringBuilder xml, String text) {
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> xml.append("&amp;");
            case '<' -> xml.append("&lt;");
            case '>' -> xml.append("&gt;");
            case '\r' -> xml.append("&#13;");
            default -> xml.appendCodePoint(allowed(c) ? c : 0xfffd);
          }
        });
  }

  /** XML 1.0, production 2: Char. */
  private static boolean allowed(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= ' ' && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd)
        || c >= 0x10000;
  }
}
