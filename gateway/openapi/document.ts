import { z } from 'zod';
import { ERRORS } from '../../core/index.js';
import { problem } from '../http/problem.js';
import { OPERATIONS } from './operations.js';
import type { Operation } from './operations.js';
import type { Scope } from '../http/tokens.js';

type JsonSchema = Record<string, unknown>;

/** OpenAPI 3.1, made from the schemas that the gateway validates with. */
export function createOpenApiDocument(): object {
  const schemas = new SchemaCollector();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describeOperation(operation, schemas);
  }
  const refusal = {
    description: `A problem (RFC 9457); its code is one of ${Object.keys(ERRORS).join(', ')}.`,
    content: { 'application/problem+json': { schema: schemas.output(problem) } },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Agent Audit Ledger',
      version: '1',
      description: 'Events of AI agents as ledger state that several organizations endorsed.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: schemas.all(),
      responses: { Refusal: refusal },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** How a reader finds operations: by the scope that they need. */
const TAGS: Record<Scope | 'none', string> = {
  write: 'Recording',
  read: 'Reading',
  attest: 'Attesting',
  admin: 'Administration',
  none: 'Operation',
};

function describeOperation(operation: Operation, schemas: SchemaCollector): object {
  const { id, summary, scope, body, answers } = operation;
  return {
    operationId: id,
    tags: [TAGS[scope ?? 'none']],
    summary,
    ...(scope && { security: [{ token: [] }], description: `Needs a token with the scope \`${scope}\`.` }),
    parameters: [...pathParameters(operation), ...queryParameters(operation, schemas), ...headerParameters(operation)],
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          Object.entries(body).map(([type, { schema, ...more }]) => [type, { schema: schemas.input(schema), ...more }]),
        ),
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          {
            description: answer.description,
            ...(answer.schema && {
              content: { [answer.type ?? 'application/json']: { schema: schemas.output(answer.schema) } },
            }),
          },
        ]),
      ),
      default: { $ref: '#/components/responses/Refusal' },
    },
  };
}

function pathParameters({ path }: Operation): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Operation, schemas: SchemaCollector): object[] {
  if (!query) return [];
  return Object.entries(query.shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemas.input(schema as z.ZodType),
  }));
}

function headerParameters({ headers = {} }: Operation): object[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
}

/** Turns zod schemas into JSON Schema (2020-12); schemas that have an id become shared components. */
class SchemaCollector {
  readonly #components: Record<string, JsonSchema> = {};

  input(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'input');
  }

  output(schema: z.ZodType): JsonSchema {
    return this.#convert(schema, 'output');
  }

  all(): Record<string, JsonSchema> {
    return this.#components;
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // What is read differs from what is written where a default fills a field in.
    const suffix = io === 'input' ? '' : 'Answer';
    const { $defs = {}, ...root } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      reused: 'inline',
    }) as JsonSchema & {
      $defs?: Record<string, JsonSchema>;
    };
    delete root['$schema'];
    for (const [name, definition] of Object.entries($defs)) {
      this.#components[name + suffix] = renameRefs(definition, suffix);
    }
    return renameRefs(root, suffix);
  }
}

function renameRefs(schema: JsonSchema, suffix: string): JsonSchema {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string'
        ? value.replace('#/$defs/', '#/components/schemas/') + suffix
        : key === 'id' || key === '$id'
          ? undefined
          : value,
    ),
  ) as JsonSchema;
}
