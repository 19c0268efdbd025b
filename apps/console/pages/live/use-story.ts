// A site's story for its chart, read again while it is shown: the last minutes often, the day seldom, and both when the limit changes.
// What of it is drawn and said is the figure's.
import { useContext, useEffect, useState } from 'preact/hooks';
import type { SiteStory } from '../../api/story-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { WINDOW_MS } from '../../model/load-series.js';
import { DAY } from '../../model/site-story.js';
import { Whole } from '../../ui/use-read.js';
import type { ChartView } from './load-chart.js';

const EVERY_MS: Readonly<Record<ChartView, number>> = { live: 10_000, day: 60_000 };

export interface Told {
  readonly story: SiteStory | null;
  readonly problem: string | null;
}

/** `limitW`: what may be drawn now; a change of it is in no story that was read before. */
export function useStory(live: LiveNetwork, siteId: string, view: ChartView, limitW: number | null): Told {
  const [told, setTold] = useState<Told & { readonly view: ChartView }>({ story: null, problem: null, view });
  const isWhole = useContext(Whole);
  useEffect(() => {
    let isShown = true;
    const read = async () => {
      if (document.hidden) return;
      const nowMs = live.nowMs();
      const behindMs = view === 'day' ? DAY.behindMs : WINDOW_MS;
      try {
        const story = await live.story(siteId, nowMs - behindMs, nowMs, view === 'day' ? DAY.bucketS : 5);
        if (isShown) setTold({ story, problem: null, view });
      } catch (error) {
        // What was read before stays, with the reason why it is old.
        if (isShown) setTold((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) }));
      }
    };
    void read();
    const timer = setInterval(() => void read(), EVERY_MS[view]);
    return () => {
      isShown = false;
      clearInterval(timer);
    };
  }, [live, siteId, view, limitW, isWhole]);
  return told.view === view ? told : { story: null, problem: told.problem };
}
