/**
 * What a trigger chains by SHA-256. One chain over the table shows that a whole session is missing, and lets one writer
 * at a time commit; a chain per session does neither.
 */
export type Chain = 'table' | 'session';

/** An append-only table whose trigger chains its events: what a careful user would write. */
export const schema = (chain: Chain): string => `
  CREATE TABLE head (agent_id text, session_id text, seq bigint NOT NULL, hash bytea NOT NULL,
    PRIMARY KEY (agent_id, session_id)) WITH (fillfactor = 50);
  CREATE TABLE event (agent_id text, session_id text, seq bigint, event_id text UNIQUE, at timestamptz NOT NULL,
    event jsonb NOT NULL, hash bytea NOT NULL, PRIMARY KEY (agent_id, session_id, seq));
  CREATE INDEX event_by_time ON event (agent_id, at);
  CREATE INDEX event_by_order ON event (agent_id, (event #>> '{labels,order}'));

  CREATE FUNCTION chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE last head; chain record;
  BEGIN
    ${chain === 'table' ? "SELECT '' AS agent, '' AS session" : 'SELECT new.agent_id AS agent, new.session_id AS session'} INTO chain;
    SELECT * INTO last FROM head WHERE agent_id = chain.agent AND session_id = chain.session FOR UPDATE;
    IF NOT FOUND THEN
      INSERT INTO head VALUES (chain.agent, chain.session, 0, '') ON CONFLICT DO NOTHING;
      SELECT * INTO last FROM head WHERE agent_id = chain.agent AND session_id = chain.session FOR UPDATE;
    END IF;
    new.seq := last.seq + 1;
    new.hash := sha256(last.hash || convert_to(new.event::text, 'UTF8'));
    UPDATE head SET seq = new.seq, hash = new.hash WHERE agent_id = chain.agent AND session_id = chain.session;
    RETURN new;
  END $$;
  CREATE TRIGGER event_chained BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION chain_event();

  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$;
  CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON event EXECUTE FUNCTION refuse();
`;

export const INSERT = `INSERT INTO event (agent_id, session_id, event_id, at, event)
  SELECT e ->> 'agent_id', e ->> 'session_id', e ->> 'event_id', (e ->> 'timestamp')::timestamptz, e
  FROM jsonb_array_elements($1::jsonb) e`;

const select = (where: string): string => `SELECT event FROM event WHERE ${where}`;
export const READ_BY_ID = select('event_id = $1');
export const READ_BY_DAY = select('agent_id = $1 AND at >= $2 AND at < $3 ORDER BY at DESC LIMIT 50');
export const READ_BY_SESSION = select('agent_id = $1 AND session_id = $2 ORDER BY seq');
export const READ_BY_ORDER = select("agent_id = $1 AND event #>> '{labels,order}' = $2");
