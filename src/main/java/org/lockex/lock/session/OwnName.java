package org.lockex.lock.session;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/**
 * Keeps Curator from looking up this machine's own name: CuratorFrameworkFactory's initialiser does
 * so for data that we never use, and with a slow name server that takes seconds. Every other name
 * is resolved as ever.
 */
public final class OwnName extends InetAddressResolverProvider {
  private static final ScopedValue<Boolean> UNWANTED = ScopedValue.newInstance();

  /** For the service loader. */
  public OwnName() {}

  /** Runs code for which every name is this machine's own, with the loopback address. */
  static <T> T unwanted(ScopedValue.CallableOp<T, RuntimeException> code) {
    return ScopedValue.where(UNWANTED, true).call(code);
  }

  @Override
  public String name() {
    return "lockex";
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    return new Resolver(configuration.builtinResolver());
  }

  private record Resolver(InetAddressResolver builtin) implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      return UNWANTED.isBound()
          ? Stream.of(InetAddress.getLoopbackAddress())
          : builtin.lookupByName(host, policy);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return builtin.lookupByAddress(address);
    }
  }
}
