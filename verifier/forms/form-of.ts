import type { Evidence } from '../../core/index.js';
import { absenceForm } from './absence.js';
import { eventForm } from './event.js';
import type { Form } from './form.js';
import { queryForm } from './query.js';
import { sessionForm } from './session.js';

export function formOf(evidence: Evidence): Form {
  switch (evidence.form) {
    case 'receipt':
    case 'full':
      return eventForm(evidence);
    case 'session':
      return sessionForm(evidence);
    case 'absence':
      return absenceForm(evidence);
    case 'query':
      return queryForm(evidence);
  }
}
