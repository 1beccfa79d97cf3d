/** A refusal of a rich query, worded as a peer passes CouchDB's answer on. */
export class CouchDbError extends Error {
  override readonly name = 'CouchDbError';

  constructor(
    readonly error: string,
    readonly reason: string,
    readonly status = 400,
  ) {
    super(`error handling CouchDB request. Error:${error},  Status Code:${status},  Reason:${reason}`);
  }
}
