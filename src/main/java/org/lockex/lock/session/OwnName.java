package org.lockex.lock.session;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Curator and ZooKeeper from looking up this machine's own name. The initialisers of
 * CuratorFrameworkFactory and of ZooKeeper's client and server do so for data and lines of a log
 * that we never use, and with a name server that is silent each of them takes ten seconds. Every
 * other name is resolved as ever.
 */
public final class OwnName extends InetAddressResolverProvider {
  private static final ScopedValue<Boolean> UNWANTED = ScopedValue.newInstance();

  /** For the service loader. */
  public OwnName() {}

  /**
   * Runs code for which every name is this machine's own, with the loopback address; what it does
   * on other threads is not concerned.
   *
   * @param <T> of the result
   * @param <E> of what it throws
   * @param code to run
   * @return its result
   * @throws E what it throws
   */
  public static <T extends @Nullable Object, E extends Exception> T unwanted(
      ScopedValue.CallableOp<T, E> code) throws E {
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
      return UNWANTED.isBound() ? "localhost" : builtin.lookupByAddress(address);
    }
  }
}
