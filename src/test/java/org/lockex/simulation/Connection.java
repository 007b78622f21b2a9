package org.lockex.simulation;

import java.util.Random;

/** A TCP connection: two ways, each of which keeps its order. */
final class Connection {
  private final Channel toServer;
  private final Channel toClient;
  private final Random luck;

  Connection(Network network, Random luck, SimulatedProcess client, SimulatedProcess server) {
    this.luck = luck;
    this.toServer = new Channel(network, luck, client, server);
    this.toClient = new Channel(network, luck, server, client);
    toServer.onRefusal(this::closeByServer);
    toClient.onRefusal(this::closeByClient);
    client.atEnd(this::closeByClient);
    server.atEnd(this::closeByServer);
  }

  Channel toServer() {
    return toServer;
  }

  Channel toClient() {
    return toClient;
  }

  /** The client closes it: what it has sent arrives, it hears nothing more. */
  void closeByClient() {
    toClient.deafen();
    toServer.finish();
  }

  /** The server closes it: what it has sent arrives, it hears nothing more. */
  void closeByServer() {
    toServer.deafen();
    toClient.finish();
  }

  /** It breaks: of what is under way, only some arrives. */
  void breaks() {
    toServer.lose(luck.nextInt(toServer.underWay() + 1));
    toClient.lose(luck.nextInt(toClient.underWay() + 1));
  }

  /** It breaks between two messages of the server; false if there are not two under way. */
  boolean breaksBetween() {
    int underWay = toClient.underWay();
    if (underWay > 1) {
      toServer.lose(luck.nextInt(toServer.underWay() + 1));
      toClient.lose(1 + luck.nextInt(underWay - 1));
    }
    return underWay > 1;
  }

  boolean over() {
    return toServer.over() && toClient.over();
  }

  Host clientHost() {
    return toServer.from();
  }

  Host serverHost() {
    return toServer.to();
  }

  @Override
  public String toString() {
    return clientHost() + "-" + serverHost();
  }
}
