package org.lockex.gateway;

/** The contract, kept by the dialect XmlRpc. */
class XmlRpcContractIT extends LeaseContract {
  @Override
  Client client(TestGateway gateway) {
    return new Clients.OverXmlRpc(gateway);
  }
}
