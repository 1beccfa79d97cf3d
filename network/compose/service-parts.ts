import { HOST } from '../native/layout.js';
import { FABRIC_VERSION } from '../native/programs.js';

/** What the services of a Compose file have in common. */

export const IMAGES = {
  orderer: `hyperledger/fabric-orderer:${FABRIC_VERSION}`,
  peer: `hyperledger/fabric-peer:${FABRIC_VERSION}`,
  couchdb: 'couchdb:3.5.0',
  node: 'node:20.20.0-bookworm-slim',
} as const;

export function common(image: string, limits: { cpus: string; memory: string }): object {
  return {
    image,
    restart: 'unless-stopped',
    networks: ['consortium'],
    security_opt: ['no-new-privileges:true'],
    deploy: { resources: { limits } },
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    stop_grace_period: '30s',
  };
}

export const PATIENCE = { interval: '5s', timeout: '3s', retries: 12, start_period: '10s' } as const;

/** The images have no HTTP client, but a shell that can open connections. */
export function healthcheck(port: number, path: string): object {
  const request = `printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3`;
  const script = `exec 3<>/dev/tcp/${HOST}/${port} && ${request} && grep -q '200 OK' <&3`;
  return { ...PATIENCE, test: ['CMD', 'bash', '-c', script] };
}

export function onLoopback(port: number): string {
  return `${HOST}:${port}:${port}`;
}

export function readOnly(path: string): object {
  return { type: 'bind', source: path, target: path, read_only: true, bind: { create_host_path: false } };
}
