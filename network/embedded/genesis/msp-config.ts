import { msp } from '@hyperledger/fabric-protos';
import { NODE_OUS, type NodeOu } from '../msp/membership.js';

export interface MspMaterial {
  mspId: string;
  caCertificatePem: string;
  tlsCaCertificatePem: string;
}

const FABRIC_MSP = 0;

/** What the channel's configuration says of an organization's MSP: its roots and its node OUs. */
export function mspConfig({ mspId, caCertificatePem, tlsCaCertificatePem }: MspMaterial): msp.MSPConfig {
  const root = Buffer.from(caCertificatePem);
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  const fabric = new msp.FabricMSPConfig();
  fabric.setName(mspId);
  fabric.setRootCertsList([root]);
  fabric.setTlsRootCertsList([Buffer.from(tlsCaCertificatePem)]);
  fabric.setCryptoConfig(crypto);
  fabric.setFabricNodeOus(nodeOus(root));
  const config = new msp.MSPConfig();
  config.setType(FABRIC_MSP);
  config.setConfig(fabric.serializeBinary());
  return config;
}

function nodeOus(root: Uint8Array): msp.FabricNodeOUs {
  const identifiers = new Map(NODE_OUS.map((name) => [name, identifier(name, root)]));
  const message = new msp.FabricNodeOUs();
  message.setEnable(true);
  message.setClientOuIdentifier(identifiers.get('client'));
  message.setPeerOuIdentifier(identifiers.get('peer'));
  message.setAdminOuIdentifier(identifiers.get('admin'));
  message.setOrdererOuIdentifier(identifiers.get('orderer'));
  return message;
}

function identifier(name: NodeOu, root: Uint8Array): msp.FabricOUIdentifier {
  const message = new msp.FabricOUIdentifier();
  message.setOrganizationalUnitIdentifier(name);
  message.setCertificate(root);
  return message;
}
