import { useQuery } from '@apollo/client/react';
import { FirmKeysDocument, type FirmKeysQuery } from '../../../kit/api/workspace.generated.ts';
import { BarChart } from '../../../kit/charts/bar-chart.tsx';
import { useLive } from '../../../kit/events/use-live.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { CLASS_WORDS } from '../../jobs/job-words.ts';
import { KeyTable } from './key-table.tsx';

export type FirmKey = NonNullable<FirmKeysQuery['firmKeys']>[number];

const KINDS = ['JOB', 'NOTICE'];
const DAY = 86_400_000;

const ageOf = ({ createdAt }: FirmKey): number => Math.max(0, Math.floor((Date.now() - Date.parse(createdAt)) / DAY));
const showDays = (days: number): string =>
	days === 0 ? 'less than a day' : days === 1 ? '1 day' : `${days.toLocaleString()} days`;

/** Versions of the firm's keys: by kind of content, state and age. */
export function FirmKeys() {
	const { data, error, refetch } = useQuery(FirmKeysDocument);
	useLive(KINDS, refetch);
	const keys = data?.firmKeys ?? [];
	const active = keys.filter(({ state }) => state === 'ACTIVE');
	const own = keys.find(({ isOwn }) => isOwn);
	return (
		<section className="stack" aria-labelledby="keys">
			<h2 id="keys">Keys</h2>
			<p className="reading">
				Your content is encrypted with keys of your firm alone, one for each kind. Another key protects roles and
				sharing from being forged. You need do nothing here. If your firm’s rules ask for new keys from time to time, or
				you fear that a key has leaked, make a new version: it encrypts everything from then on, and older versions
				still open what they encrypted.
			</p>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{!data && !error && <p role="status">Loading …</p>}
			{own && (
				<p className={own.ownKeyState === 'HEALTHY' ? 'note good' : 'note warn'}>
					These keys open only with a key that your firm brought
					{own.ownKeyState !== null && `. Its state: ${showConstant(own.ownKeyState).toLowerCase()}`}
					{own.ownKeySince !== null && (
						<>
							, since <Time at={own.ownKeySince} />
						</>
					)}
					.
				</p>
			)}
			{active.length > 0 && (
				<BarChart
					caption="How old the version in use is"
					heads={['Keys of', 'Age']}
					bars={active.map((key) => ({ label: CLASS_WORDS[key.class], value: ageOf(key) }))}
					show={showDays}
					form="ROWS"
				/>
			)}
			{keys.length > 0 && <KeyTable keys={keys} onRotated={refetch} />}
		</section>
	);
}
