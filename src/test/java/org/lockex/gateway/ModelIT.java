package org.lockex.gateway;

/** The contract, kept by the lease model itself. */
class ModelIT extends LeaseContract {
  @Override
  Client client(TestGateway gateway) {
    return new Clients.Model(gateway);
  }
}
