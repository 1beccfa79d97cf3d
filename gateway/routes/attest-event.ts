import type { RequestHandler } from 'express';
import { attestation } from '../../core/index.js';
import { jsonBody } from '../http/body.js';
import { pathId } from '../http/query.js';
import type { Services } from '../services.js';
import { validate } from '../validation.js';
import { findEvent } from './read-event.js';

/** What a client may say; who said it comes from the token. */
export const attestationRequest = attestation.omit({ submitted_by: true }).meta({ id: 'AttestationRequest' });

/** `POST /v1/events/{id}/attestations` */
export function attestEvent({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const request = validate(attestationRequest, jsonBody(req), 'INVALID_REQUEST');
    const view = await findEvent(ledger, pathId(req), req.principal);
    const entry = await ledger.attest(view.locator, { ...request, submitted_by: req.principal.subject });
    res
      .status(201)
      .location(`/v1/events/${view.locator}/history`)
      .json({ locator: view.locator, ...entry });
  };
}
