/** A finding's key as machines want it: short and of letters and digits. */
import { createHash } from 'node:crypto';

/** 64 hexadecimal digits, the same wherever the finding's lines move. */
export const fingerprint = (key: string): string => createHash('sha256').update(key).digest('hex');
