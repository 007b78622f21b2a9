package org.lockex.gateway.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Accepts connections as long as there is room for them; the others wait in the kernel. */
final class LimitedConnector extends ServerConnector {
  private final OpenConnections connections;

  /** A connection that is closed does not know any more whose it was. */
  private final Map<EndPoint, InetAddress> addresses = new ConcurrentHashMap<>();

  /** One port of {@code server}, whose threads serve nothing else. */
  LimitedConnector(
      Server server,
      Executor threads,
      OpenConnections connections,
      ConnectionFactory... factories) {
    super(server, threads, null, null, 1, 1, factories);
    this.connections = connections;
    addBean(new Arrivals());
  }

  /**
   * Counts in the thread that accepts, which would take hundreds more before it hears of those that
   * are open.
   */
  private final class Arrivals implements SelectorManager.AcceptListener {
    @Override
    public void onAccepting(SelectableChannel channel) {
      connections.arriving(1);
      acceptIfThereIsRoom();
    }

    @Override
    public void onAccepted(SelectableChannel channel) {
      arrived();
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable why) {
      arrived();
    }

    private void arrived() {
      connections.arriving(-1);
      acceptIfThereIsRoom();
    }
  }

  @Override
  protected void onEndPointOpened(EndPoint endPoint) {
    super.onEndPointOpened(endPoint);
    if (endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote) {
      addresses.put(endPoint, remote.getAddress());
      boolean stays = connections.opened(remote.getAddress());
      acceptIfThereIsRoom();
      if (!stays) {
        endPoint.close();
      }
    }
  }

  @Override
  protected void onEndPointClosed(EndPoint endPoint) {
    super.onEndPointClosed(endPoint);
    InetAddress address = addresses.remove(endPoint);
    if (address != null) {
      connections.closed(address);
      acceptIfThereIsRoom();
    }
  }

  /** On all ports: the files are those of the process. */
  private void acceptIfThereIsRoom() {
    synchronized (connections) {
      boolean room = !connections.isFull();
      for (Connector connector : getServer().getConnectors()) {
        if (connector instanceof LimitedConnector port && port.isAccepting() != room) {
          port.setAccepting(room);
        }
      }
    }
  }
}
