import { common, msp } from '@hyperledger/fabric-protos';
import type { BlockParts } from './ledger/types.js';
import type { OrganizationRoot } from './msp/membership.js';
import { parseEnvelope } from './wire/transaction.js';

/**
 * What does not hold in the genesis block, which nobody signs: it must be the configuration of this channel and trust
 * these organizations' certificate authorities, and no others.
 */
export function verifyGenesis(
  { envelopes }: BlockParts,
  { channelId, roots }: { channelId: string; roots: readonly OrganizationRoot[] },
): string[] {
  try {
    const [envelope, ...others] = envelopes;
    if (!envelope || others.length > 0) return ['it is not one configuration'];
    const parts = parseEnvelope(envelope);
    if (parts.headerType !== common.HeaderType.CONFIG || parts.channelId !== channelId) {
      return ['it is not the configuration of this channel'];
    }
    const trusted = rootsIn(common.ConfigEnvelope.deserializeBinary(parts.data));
    const expected = roots.map(rootText);
    return [
      ...trusted
        .filter((root) => !expected.includes(root))
        .map(() => 'it trusts an authority that is not in the data directory'),
      ...roots
        .filter((root) => !trusted.includes(rootText(root)))
        .map(({ mspId }) => `it does not trust the authority of ${mspId}`),
    ];
  } catch {
    return ['it is malformed'];
  }
}

function rootsIn(envelope: common.ConfigEnvelope): string[] {
  const channel = envelope.getConfig()?.getChannelGroup();
  const roots: string[] = [];
  for (const name of ['Application', 'Orderer']) {
    const organizations = channel?.getGroupsMap().get(name)?.getGroupsMap();
    organizations?.forEach((organization) => {
      const value = organization.getValuesMap().get('MSP')?.getValue_asU8() ?? new Uint8Array();
      const config = msp.FabricMSPConfig.deserializeBinary(msp.MSPConfig.deserializeBinary(value).getConfig_asU8());
      const certificates = config.getRootCertsList_asU8().map((pem) => Buffer.from(pem).toString());
      roots.push(...certificates.map((caCertificatePem) => rootText({ mspId: config.getName(), caCertificatePem })));
    });
  }
  return roots;
}

function rootText({ mspId, caCertificatePem }: OrganizationRoot): string {
  return `${mspId} ${caCertificatePem}`;
}
