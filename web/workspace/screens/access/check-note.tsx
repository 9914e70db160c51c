import type { LeaseCheck } from '../../../kit/log/index.ts';
import { actionInWords } from '../../../kit/text/actions-in-words.ts';

/** Whether a story agrees with the verified log: the answer to "is the list complete?" for one lease. */
export function CheckNote({ check }: { readonly check: LeaseCheck | null }) {
	if (check === null)
		return <p className="quiet">The story is compared with the log as soon as the log is verified.</p>;
	const { logged, waiting, stepsWaiting, isRight, isComplete } = check;
	if (!isRight) return <Disagreement check={check} />;
	const newer = waiting.length + stepsWaiting.length;
	if (newer > 0)
		return (
			<p className="note">
				The log has all that is shown, except what is newer than its last signed state: {newer}. That is compared with
				the next check, in a moment.
			</p>
		);
	const openings = logged === 1 ? '1 opening' : `${logged.toLocaleString()} openings`;
	if (!isComplete)
		return (
			<p className="note">
				All that is shown is in the log, which has {openings} under this lease. Show all of them to see that the list is
				complete.
			</p>
		);
	return (
		<p className="note good">
			{logged === 0
				? 'The list is complete: the log is unbroken, and has no opening under this lease.'
				: `The list is complete: the log is unbroken, and has exactly the ${openings} shown here under this lease.`}{' '}
			Each step of the story is in it too.
		</p>
	);
}

function Disagreement({ check }: { readonly check: LeaseCheck }) {
	const { notInLog, stepsNotInLog, stepsNotShown, openingsNotShown } = check;
	return (
		<div className="note bad stack tight" role="alert">
			<p>
				<strong>What is shown is not what the log says.</strong> Do not rely on this page: export the log, and show both
				to someone who is not of the platform.
			</p>
			<ul>
				{openingsNotShown > 0 && <li>Openings in the log that are not shown: {openingsNotShown.toLocaleString()}</li>}
				{notInLog.length > 0 && <li>Openings that are shown but not in the log: {notInLog.length.toLocaleString()}</li>}
				{stepsNotShown.length > 0 && (
					<li>Steps in the log that are not shown: {stepsNotShown.map(actionInWords).join(', ')}</li>
				)}
				{stepsNotInLog.length > 0 && (
					<li>Steps that are shown but not in the log: {stepsNotInLog.map(actionInWords).join(', ')}</li>
				)}
			</ul>
		</div>
	);
}
