import { Empty } from '../../../kit/parts/index.ts';
import { isStaff, useViewer } from '../../viewer.ts';

/** What a person without threads can do. */
export function NoThreads() {
	if (!isStaff(useViewer())) {
		return (
			<Empty>
				<p>The firm has shared no thread with you yet. When it does, you can read it and answer here.</p>
			</Empty>
		);
	}
	return (
		<Empty>
			<p>
				Your firm has no threads yet. A thread has messages about one matter, and is for your firm's people until you
				share it with a client.
			</p>
			<div>
				<a className="button primary" href="#/threads/new">
					Start the first thread
				</a>
			</div>
		</Empty>
	);
}
