package org.lockex.gateway;

/** The contract, kept by the dialect Rdlm. */
class RdlmContractIT extends LeaseContract {
  @Override
  Client client(TestGateway gateway) {
    return new Clients.OverRdlm(gateway);
  }
}
