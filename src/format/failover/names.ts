/** The names of the formats of `lbcheck failover`, for those who do not need the formats themselves. */

export const failoverFormatNames = ['pretty', 'json', 'markdown', 'mermaid', 'svg'] as const;
export type FailoverFormatName = (typeof failoverFormatNames)[number];
