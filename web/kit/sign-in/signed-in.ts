import '../styles/base.css';
import { CHANNEL } from './window-sign-in.ts';

// The window that opened this one waits for the code in this page's address.
const answer = location.search;
history.replaceState(null, '', location.pathname);
const channel = new BroadcastChannel(CHANNEL);
channel.postMessage(answer);
channel.close();
window.close();
