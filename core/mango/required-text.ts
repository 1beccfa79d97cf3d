import type { Condition } from './condition.js';
import { formatFieldPath } from './field-path.js';

/** The text that a field has wherever the condition holds, if the condition says so outright; it may ask for more. */
export function requiredText(condition: Condition, field: string): string | undefined {
  if (condition.kind === 'and') {
    for (const part of condition.conditions) {
      const text = requiredText(part, field);
      if (text !== undefined) return text;
    }
    return undefined;
  }
  if (condition.kind !== 'test' || condition.negated || condition.operator !== '$eq') return undefined;
  const { path, operand } = condition;
  return formatFieldPath(path) === field && typeof operand === 'string' ? operand : undefined;
}
