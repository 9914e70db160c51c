import type { AuditDecision } from '../../../kit/api/operator.generated.ts';
import { showConstant } from '../../../kit/text/amounts.ts';

const TONES: Readonly<Record<AuditDecision, string>> = { ALLOWED: '', DENIED: 'warn', FAILED: 'bad' };

export const DecisionBadge = ({ decision }: { readonly decision: AuditDecision }) => (
	<span className={`badge ${TONES[decision]}`}>{showConstant(decision)}</span>
);
