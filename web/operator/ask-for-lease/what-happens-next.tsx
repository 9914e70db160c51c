import type { AskedFirm } from './asked-firm.ts';

/** Who must decide, by the firm's own policy. */
export function WhatHappensNext({ firm, isSent = false }: { readonly firm: AskedFirm; readonly isSent?: boolean }) {
	const { policy, approvers } = firm.accessPolicy ?? { policy: 'APPROVE', approvers: 1 };
	const people = approvers === 1 ? 'an approver of the platform' : `${approvers} approvers of the platform`;
	return (
		<section className="note stack tight" aria-label="What happens next">
			<p>
				<strong>What happens next</strong>
			</p>
			<ol>
				<li>
					The owners of the firm {isSent ? 'have been told' : 'are told at once'}, with your account, the reason, the
					ticket and what you want to read. They do not see your name.
				</li>
				<li>
					{policy === 'NOTIFY'
						? `${capital(people)}, not you, must approve. The firm’s owners need not, but can end the lease at any moment.`
						: `An owner of the firm and ${people}, not you, must approve exactly this request.`}
				</li>
				<li>You are told of each decision here, and activate the lease within 24 hours. Then its minutes begin.</li>
				<li>Each value that you open is counted and recorded, and a third person reviews it afterwards.</li>
			</ol>
		</section>
	);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
