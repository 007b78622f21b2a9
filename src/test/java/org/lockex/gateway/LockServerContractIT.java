package org.lockex.gateway;

/** The contract, kept by the dialect Lines. */
class LockServerContractIT extends LeaseContract {
  @Override
  Client client(TestGateway gateway) {
    return new Clients.OverLines(gateway);
  }
}
