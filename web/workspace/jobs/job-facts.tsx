import { Person } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import type { Job } from '../needs/use-needs-me.ts';
import { CLASS_WORDS, JOB_WORDS } from './job-words.ts';

/** Everything that an approval of the job covers. */
export function JobFacts({ job }: { readonly job: Job }) {
	return (
		<dl className="facts">
			<dt>What</dt>
			<dd>
				{JOB_WORDS[job.kind]} <code className="quiet">{job.kind}</code>
			</dd>
			{job.class !== null && (
				<>
					<dt>Keys of</dt>
					<dd>{CLASS_WORDS[job.class]}</dd>
				</>
			)}
			{job.version !== null && (
				<>
					<dt>Version</dt>
					<dd>{job.version}</dd>
				</>
			)}
			{job.subject !== null && (
				<>
					<dt>About</dt>
					<dd className="mono">
						<VisibleText text={job.subject} />
					</dd>
				</>
			)}
			{job.terms !== null && (
				<>
					<dt>Terms</dt>
					<dd className="mono">
						<VisibleText text={readable(job.terms)} form="LINES" />
					</dd>
				</>
			)}
			<dt>Asked by</dt>
			<dd>
				{job.askedBy ? <Person person={job.askedBy} /> : 'the platform'}, <Time at={job.askedAt} />
			</dd>
			{job.notBefore !== null && (
				<>
					<dt>Begins at</dt>
					<dd>
						<Time at={job.notBefore} /> at the earliest
					</dd>
				</>
			)}
			{job.validUntil !== null && (
				<>
					<dt>Valid until</dt>
					<dd>
						<Time at={job.validUntil} />
					</dd>
				</>
			)}
			{job.agreedAt !== null && (
				<>
					<dt>Approved by</dt>
					<dd>
						{job.agreedBy ? <Person person={job.agreedBy} /> : 'the platform'}, <Time at={job.agreedAt} />
					</dd>
				</>
			)}
			<dt>Request</dt>
			<dd className="mono quiet">{job.requestHash}</dd>
		</dl>
	);
}

/** Indented; unchanged if that would lose a part of the terms. */
function readable(terms: string): string {
	try {
		const value: unknown = JSON.parse(terms);
		return JSON.stringify(value) === terms ? JSON.stringify(value, null, 2) : terms;
	} catch {
		return terms;
	}
}
