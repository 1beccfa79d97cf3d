import { common } from '@hyperledger/fabric-protos';

interface Serializable {
  serializeBinary(): Uint8Array;
}

export interface GroupContent {
  groups?: Record<string, common.ConfigGroup>;
  values?: Record<string, Serializable>;
  policies?: Record<string, common.Policy>;
}

/** A node of the configuration tree; all of it may be changed by its administrators. */
export function configGroup({ groups = {}, values = {}, policies = {} }: GroupContent): common.ConfigGroup {
  const message = new common.ConfigGroup();
  message.setModPolicy('Admins');
  for (const [name, group] of Object.entries(groups)) message.getGroupsMap().set(name, group);
  for (const [name, content] of Object.entries(values)) {
    const value = new common.ConfigValue();
    value.setValue(content.serializeBinary());
    value.setModPolicy('Admins');
    message.getValuesMap().set(name, value);
  }
  for (const [name, content] of Object.entries(policies)) {
    const policy = new common.ConfigPolicy();
    policy.setPolicy(content);
    policy.setModPolicy('Admins');
    message.getPoliciesMap().set(name, policy);
  }
  return message;
}

export function capabilities(...names: string[]): common.Capabilities {
  const message = new common.Capabilities();
  for (const name of names) message.getCapabilitiesMap().set(name, new common.Capability());
  return message;
}
