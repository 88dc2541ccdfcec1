/** The configuration file's description as JSON Schema, for editors. */
import { configuration, type Shape } from './shape.ts';
import { schemaUrl } from './starter.ts';

type Json = Readonly<Record<string, unknown>>;

/** lbcheck.schema.json. */
export const schema = (ruleIds: readonly string[]): Json => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: schemaUrl,
  title: 'lbcheck.yaml',
  ...schemaOf(configuration(ruleIds)),
});

const schemaOf = (shape: Shape): Json => ({
  ...(shape.about === undefined ? {} : { description: shape.about }),
  ...rest(shape),
});

function rest(shape: Shape): Json {
  const least = { minItems: 1 };
  switch (shape.kind) {
    case 'object':
      return {
        type: 'object',
        additionalProperties: false,
        ...(shape.required ? { required: shape.required } : {}),
        properties: Object.fromEntries(
          Object.entries(shape.fields).map(([key, each]) => [key, schemaOf(each)]),
        ),
      };
    case 'map':
      return {
        type: 'object',
        ...(shape.mayBeEmpty ? {} : { minProperties: 1 }),
        ...(shape.names ? { propertyNames: { enum: shape.names } } : {}),
        additionalProperties: schemaOf(shape.value),
      };
    case 'list':
      return { type: 'array', ...(shape.mayBeEmpty ? {} : least), items: schemaOf(shape.item) };
    case 'text':
      return shape.orNumber
        ? { anyOf: [{ type: 'string', pattern: shape.pattern }, { type: 'integer' }] }
        : { type: 'string', pattern: shape.pattern };
    case 'choice':
      return { enum: shape.of };
    case 'flag':
      return { type: 'boolean' };
    case 'listOrObject':
      return { anyOf: [schemaOf(shape.list), schemaOf(shape.object)] };
  }
}
