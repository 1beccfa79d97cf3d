import type { AuditLedger, EndorsedRecording } from '../../gateway/ledger/audit-ledger.js';

/** A real ledger, between whose endorsement and commit of each recording a test steps. */
export function interceptRecordings(
  ledger: AuditLedger,
  intercept: (recording: EndorsedRecording) => EndorsedRecording,
): AuditLedger {
  const endorseRecording: AuditLedger['endorseRecording'] = async (batch, options) =>
    intercept(await ledger.endorseRecording(batch, options));
  return new Proxy(ledger, {
    get: (target, name) => {
      if (name === 'endorseRecording') return endorseRecording;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
