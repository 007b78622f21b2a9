package org.lockex.gateway.http;

import java.net.InetAddress;

/**
 * Addresses with the same beginning, as CIDR writes them (RFC 4632): {@code 10.0.0.0/8}, {@code
 * fd00::/8}, or one address. Nothing is looked up.
 *
 * @param network the address before the slash
 * @param bits how many of its bits count
 */
public record AddressRange(InetAddress network, int bits) {
  /**
   * Reads one.
   *
   * @param text an option's value
   * @return the range
   * @throws IllegalArgumentException if it is none
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    try {
      InetAddress network = InetAddress.ofLiteral(address);
      int most = network.getAddress().length * Byte.SIZE;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      if (bits >= 0 && bits <= most) {
        return new AddressRange(network, bits);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "not an address or a range of them like 10.0.0.0/8 or fd00::/8: " + text);
  }

  /**
   * {@return whether it is one of them}
   *
   * @param address any
   */
  public boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] other = address.getAddress();
    if (ours.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % Byte.SIZE;
      if (((ours[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
