package org.lockex.gateway.dialect;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * XML-RPC calls (xmlrpc.com/spec), read without DTDs and entities. Values become String, Long,
 * Double, Boolean, byte[], List and Map.
 */
final class XmlRpcReader {
  /** One call. */
  record Call(String method, List<Object> parameters) {}

  /** It is no call: the message says why. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String why) {
      super(why);
    }
  }

  private static final int DEEPEST = 10;

  private final XMLInputFactory factory = XMLInputFactory.newFactory();

  XmlRpcReader() {
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("no external entities");
    });
  }

  /** Reads one {@code methodCall}. */
  Call read(byte[] xml) throws Malformed {
    try {
      XMLStreamReader in = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
      next(in);
      expect(in, "methodCall");
      next(in);
      expect(in, "methodName");
      String method = in.getElementText().trim();
      List<Object> parameters = new ArrayList<>();
      if (next(in) && in.getLocalName().equals("params")) {
        while (next(in)) {
          expect(in, "param");
          next(in);
          parameters.add(value(in, 0));
          next(in);
        }
      }
      return new Call(method, parameters);
    } catch (XMLStreamException | RuntimeException e) {
      throw new Malformed("not an XML-RPC call");
    }
  }

  /** Goes to the next tag; false if it ends an element. */
  private static boolean next(XMLStreamReader in) throws XMLStreamException, Malformed {
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          return true;
        }
        case XMLStreamConstants.END_ELEMENT, XMLStreamConstants.END_DOCUMENT -> {
          return false;
        }
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new Malformed("no DTD, no entities");
        default -> {
          // White space, comments.
        }
      }
    }
    return false;
  }

  private static void expect(XMLStreamReader in, String name) throws Malformed {
    if (!in.isStartElement() || !in.getLocalName().equals(name)) {
      throw new Malformed("expected " + name);
    }
  }

  private static Object value(XMLStreamReader in, int depth) throws XMLStreamException, Malformed {
    expect(in, "value");
    if (depth > DEEPEST) {
      throw new Malformed("nested too deeply");
    }
    StringBuilder text = new StringBuilder();
    while (true) {
      switch (in.next()) {
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(in.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          return text.toString();
        }
        case XMLStreamConstants.START_ELEMENT -> {
          Object value = typed(in, depth);
          next(in);
          return value;
        }
        case XMLStreamConstants.COMMENT -> {}
        default -> throw new Malformed("not a value");
      }
    }
  }

  private static Object typed(XMLStreamReader in, int depth) throws XMLStreamException, Malformed {
    String type = in.getLocalName();
    return switch (type) {
      case "string" -> in.getElementText();
      case "int", "i4", "i8" -> Long.valueOf(in.getElementText().trim());
      case "double" -> Double.valueOf(in.getElementText().trim());
      case "boolean" -> in.getElementText().trim().equals("1");
      case "base64" -> Base64.getMimeDecoder().decode(in.getElementText());
      case "dateTime.iso8601" -> in.getElementText();
      case "nil" -> {
        next(in);
        yield "";
      }
      case "array" -> array(in, depth);
      case "struct" -> struct(in, depth);
      default -> throw new Malformed("unknown type");
    };
  }

  private static List<Object> array(XMLStreamReader in, int depth)
      throws XMLStreamException, Malformed {
    List<Object> values = new ArrayList<>();
    next(in);
    expect(in, "data");
    while (next(in)) {
      values.add(value(in, depth + 1));
    }
    next(in);
    return values;
  }

  private static Map<String, Object> struct(XMLStreamReader in, int depth)
      throws XMLStreamException, Malformed {
    Map<String, Object> members = new LinkedHashMap<>();
    while (next(in)) {
      expect(in, "member");
      next(in);
      expect(in, "name");
      String name = in.getElementText();
      next(in);
      members.put(name, value(in, depth + 1));
      next(in);
    }
    return members;
  }
}
