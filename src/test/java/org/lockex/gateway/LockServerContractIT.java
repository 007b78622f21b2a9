package org.lockex.gateway;

/** The contract, kept by the dialect Lines. */
class LockServerContractIT extends LeaseContract {
  @Override
  Client client(TestGateway gateway) {
    return new Clients.OverLines(gateway, true);
  }

  /** Bare lines have no room for a token. */
  @Override
  Client telling(TestGateway gateway) {
    return new Clients.OverLines(gateway, false);
  }
}
