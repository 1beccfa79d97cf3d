import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's `spec`, and the counts of the run in the file that `AUDIT_TEST_SUMMARY` names. */
export default class SummaryReporter extends Mocha.reporters.Spec {
  override done(failures: number, end: (failures: number) => void): void {
    const file = process.env['AUDIT_TEST_SUMMARY'];
    if (file) {
      const { passes, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    }
    end(failures);
  }
}
