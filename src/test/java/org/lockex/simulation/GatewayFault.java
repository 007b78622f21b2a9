package org.lockex.simulation;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.lockex.znode.TokenBase;

/** What goes wrong around lockexds, or is done to them. */
enum GatewayFault {
  LOCKEXD_KILLED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      int number = luck.nextInt(world.gateways().size());
      said(world, world.gateway(number).host(), "is killed");
      world.gateway(number).process().kill();
      world.time().after(lasts, () -> world.restart(number));
    }
  },
  LOCKEXD_ENDED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      int number = luck.nextInt(world.gateways().size());
      said(world, world.gateway(number).host(), "gets SIGTERM");
      world.gateway(number).stop();
      world.time().after(3 * VirtualTime.SECOND + lasts, () -> world.restart(number));
    }
  },
  LOCKEXD_STOPPED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      SimulatedLockexd gateway = one(world.gateways(), luck);
      said(world, gateway.host(), "stands still");
      gateway.process().stop();
      world
          .time()
          .after(
              lasts,
              () -> {
                said(world, gateway.host(), "goes on");
                gateway.process().goOn();
              });
    }
  },
  LOCKEXD_UNHEARD {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Host host = one(world.gateways(), luck).host();
      List<Server> some = some(world, luck);
      some.forEach(server -> cut(world, host, server.host(), lasts));
    }
  },
  LOCKEXD_DEAF {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Host host = one(world.gateways(), luck).host();
      List<Server> some = some(world, luck);
      some.forEach(server -> cut(world, server.host(), host, lasts));
    }
  },
  CONNECTIONS_BROKEN {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      List<Connection> all = world.network().connections();
      boolean every = luck.nextInt(4) == 0;
      for (Connection connection : all) {
        if (every || luck.nextInt(3) == 0) {
          said(world, connection, "breaks");
          connection.breaks();
        }
      }
    }
  },
  /** Of the events of a grant one is heard, and the next is not. */
  HALF_HEARD {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Host host = one(world.gateways(), luck).host();
      world.atNextMove().then(() -> breakBetween(world, host, 40));
    }

    private static void breakBetween(GatewayWorld world, Host host, int times) {
      boolean broken =
          world.network().connections().stream()
              .anyMatch(
                  connection -> connection.clientHost() == host && connection.breaksBetween());
      if (broken) {
        said(world, host, "loses its connection between two events");
      } else if (times > 0) {
        world.time().after(50 * VirtualTime.MICRO, () -> breakBetween(world, host, times - 1));
      }
    }
  },
  /** Most of what can go wrong does so while something is under way. */
  AT_A_GRANT {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      GatewayFault kind =
          one(
              List.of(
                  CONNECTIONS_BROKEN,
                  CONNECTIONS_BROKEN,
                  LOCKEXD_KILLED,
                  LOCKEXD_STOPPED,
                  LOCKEXD_UNHEARD,
                  LOCKEXD_DEAF,
                  LOCKEXD_DEAF,
                  SERVER_KILLED,
                  DELETED_BY_HAND,
                  EMPTY_LOCKS_REMOVED),
              luck);
      long later = (long) (Math.pow(10, luck.nextDouble() * 3) * 5 * VirtualTime.MICRO);
      GatewayWorld.Moment moment = luck.nextBoolean() ? world.atNextMove() : world.atNextLate();
      moment.then(() -> world.time().after(later, () -> kind.strike(world, luck, lasts)));
    }
  },
  SERVER_KILLED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Server server = oneOrTheLeader(world, luck);
      said(world, server, "is killed");
      server.kill();
      world.time().after(lasts, server::start);
    }
  },
  SERVER_STOPPED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      SimulatedProcess process = oneOrTheLeader(world, luck).process();
      said(world, process, "stands still");
      process.stop();
      world.time().after(lasts, process::goOn);
    }
  },
  SERVER_UNHEARD {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Server server = oneOrTheLeader(world, luck);
      world.ensemble().servers().forEach(other -> cut(world, server.host(), other.host(), lasts));
    }
  },
  SERVER_DEAF {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Server server = oneOrTheLeader(world, luck);
      world.ensemble().servers().forEach(other -> cut(world, other.host(), server.host(), lasts));
    }
  },
  SERVERS_CUT {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      cut(
          world,
          one(world.ensemble().servers(), luck).host(),
          one(world.ensemble().servers(), luck).host(),
          lasts);
    }
  },
  DISK_SLOW {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Server server = oneOrTheLeader(world, luck);
      said(world, server, "has a slow disk");
      server.diskDelay((long) (luck.nextDouble() * VirtualTime.SECOND));
      world.time().after(lasts, () -> server.diskDelay(200 * VirtualTime.MICRO));
    }
  },
  DISK_FULL {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Server server = oneOrTheLeader(world, luck);
      said(world, server, "has a full disk");
      server.diskFull(true);
      world
          .time()
          .after(
              lasts,
              () -> {
                server.diskFull(false);
                server.start();
              });
    }
  },
  NETWORK_SLOW {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      said(world, "world", "the network is slow");
      world.network().slowness((1 + luck.nextInt(300)) * VirtualTime.MILLI);
      world.time().after(lasts, () -> world.network().slowness(VirtualTime.MILLI));
    }
  },
  CLOCK_SET {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      Host host =
          luck.nextBoolean()
              ? one(world.gateways(), luck).host()
              : one(world.ensemble().servers(), luck).host();
      said(world, host, "has its clock set");
      host.stepWallClock((luck.nextInt(2) * 2 - 1) * lasts / VirtualTime.MILLI);
    }
  },
  DELETED_BY_HAND {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      List<ClientRequest> all = world.requests();
      if (!all.isEmpty()) {
        ClientRequest request = all.get(Math.max(0, all.size() - 1 - luck.nextInt(8)));
        said(world, request, "is deleted by hand");
        world.deleteByHand(request);
      }
    }
  },
  ALL_DELETED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      world.deleteAll("job" + luck.nextInt(3), luck.nextInt(world.gateways().size()));
    }
  },
  GRANT_WRITTEN_AGAIN {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      world
          .ensemble()
          .leader()
          .flatMap(Server::leading)
          .ifPresent(leading -> {
            Tree tree = leading.prepared();
            for (String path : tree.paths()) {
              Znode node = tree.get(path);
              if (node != null && Witness.uid(path).isPresent()) {
                world.ensemble().write(List.of(Op.setData(path, node.data(), -1)));
              }
            }
          });
    }
  },
  EMPTY_LOCKS_REMOVED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      world.ensemble().reap();
    }
  },
  TOKENS_RAISED {
    @Override
    void strike(GatewayWorld world, Random luck, long lasts) {
      world
          .ensemble()
          .leader()
          .flatMap(Server::leading)
          .ifPresent(leading -> {
            String path = SimulatedLockexd.TOKENS;
            Znode node = leading.prepared().get(path);
            Optional<TokenBase> now =
                node == null
                    ? Optional.of(TokenBase.NONE)
                    : TokenBase.read(node.data(), node.mzxid());
            byte[] raised = now.orElseThrow().atLeast(now.get().base() + 1000).bytes();
            world
                .ensemble()
                .write(
                    List.of(
                        node == null
                            ? Op.create(
                                path, raised, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)
                            : Op.setData(path, raised, -1)));
          });
    }
  };

  /** It happens, and ends after {@code lasts} nanoseconds. */
  abstract void strike(GatewayWorld world, Random luck, long lasts);

  static void said(GatewayWorld world, Object who, String what) {
    world.trace().say(who, () -> what);
  }

  static <T> T one(List<T> all, Random luck) {
    return all.get(luck.nextInt(all.size()));
  }

  private static List<Server> some(GatewayWorld world, Random luck) {
    List<Server> all = world.ensemble().servers();
    return luck.nextBoolean() ? all : List.of(one(all, luck));
  }

  private static Server oneOrTheLeader(GatewayWorld world, Random luck) {
    Server one = one(world.ensemble().servers(), luck);
    return luck.nextBoolean() ? one : world.ensemble().leader().orElse(one);
  }

  private static void cut(GatewayWorld world, Host from, Host to, long lasts) {
    if (from != to) {
      world.trace().say(from, () -> "is not heard by " + to);
      world.network().cut(from, to);
      world.time().after(lasts, () -> world.network().heal(from, to));
    }
  }
}
