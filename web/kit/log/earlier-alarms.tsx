import { Time } from '../text/time.tsx';
import type { LogView } from './log-view.ts';

/** Alarms of this browser stay, also when the server shows the right log again. */
export function EarlierAlarms({ view: { summary, alarm, phase } }: { readonly view: LogView }) {
	const earlier = summary?.alarms.filter(({ why }) => why !== alarm?.why) ?? [];
	if (earlier.length === 0) return null;
	return (
		<div className="note bad stack tight" role="alert" data-earlier>
			<p>
				<strong>
					{earlier.length === 1 ? 'Once' : `${earlier.length} times`} this browser was sent a log that did not verify.
				</strong>{' '}
				{phase === 'RIGHT' && 'The log verifies now. '}Ask the platform how that came about: this browser keeps what it
				was sent as evidence.
			</p>
			<ul>
				{earlier.map(({ at, why }) => (
					<li key={at + why}>
						<Time at={at} show="second" />: {why}
					</li>
				))}
			</ul>
		</div>
	);
}
