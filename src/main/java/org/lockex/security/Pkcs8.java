package org.lockex.security;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Older forms of private keys put into the one that Java reads, PKCS #8 (RFC 5208), in DER. */
final class Pkcs8 {
  private static final int OCTETS = 0x04;
  private static final int SEQUENCE = 0x30;

  /** The tag of the curve in an EC key (RFC 5915). */
  private static final int PARAMETERS = 0xa0;

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  /** rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017), and NULL. */
  private static final byte[] RSA = {
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /** id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480). */
  private static final byte[] EC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private Pkcs8() {}

  /** From PKCS #1. */
  static byte[] ofRsa(byte[] key) throws IOException {
    return of(tagged(SEQUENCE, RSA), key);
  }

  /**
   * From SEC 1.
   *
   * @throws IOException if the key does not name its curve
   */
  static byte[] ofEc(byte[] key) throws IOException {
    return of(tagged(SEQUENCE, joined(EC, curve(key))), key);
  }

  private static byte[] of(byte[] algorithm, byte[] key) throws IOException {
    return tagged(SEQUENCE, joined(VERSION_0, algorithm, tagged(OCTETS, key)));
  }

  /** What stands under {@link #PARAMETERS} in the outer sequence. */
  private static byte[] curve(byte[] key) throws IOException {
    int at = contents(key, 0);
    while (at + 1 < key.length) {
      int begin = contents(key, at);
      int end = begin + length(key, at);
      if (end > key.length) {
        break;
      }
      if ((key[at] & 0xff) == PARAMETERS) {
        byte[] curve = new byte[end - begin];
        System.arraycopy(key, begin, curve, 0, curve.length);
        return curve;
      }
      at = end;
    }
    throw new IOException("no curve");
  }

  /** Where the contents of the value at {@code at} begin. */
  private static int contents(byte[] der, int at) throws IOException {
    int first = at(der, at + 1);
    return at + 2 + (first < 0x80 ? 0 : first - 0x80);
  }

  private static int length(byte[] der, int at) throws IOException {
    int first = at(der, at + 1);
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < Math.min(first - 0x80, 3); i++) {
      length = length << 8 | at(der, at + 2 + i);
    }
    return length;
  }

  private static int at(byte[] der, int at) throws IOException {
    if (at >= der.length) {
      throw new IOException("cut off");
    }
    return der[at] & 0xff;
  }

  private static byte[] tagged(int tag, byte[] contents) throws IOException {
    int length = contents.length;
    byte[] head =
        length < 0x80
            ? new byte[] {(byte) tag, (byte) length}
            : length < 0x100
                ? new byte[] {(byte) tag, (byte) 0x81, (byte) length}
                : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    return joined(head, contents);
  }

  private static byte[] joined(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.write(part);
    }
    return all.toByteArray();
  }
}
