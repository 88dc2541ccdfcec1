/** All kinds of tries by name. */
import { comments } from './comments.ts';
import { configuration } from './configuration.ts';
import { crowds } from './crowds.ts';
import { election } from './election.ts';
import { formats } from './formats.ts';
import type { Kind } from './kind.ts';
import { languages } from './languages.ts';
import { stories } from './stories.ts';

export const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries({ languages, stories, configuration, election, comments, formats, crowds }),
);
