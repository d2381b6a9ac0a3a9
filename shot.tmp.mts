// usage: tsx shot.mts name query w h
import { openStage } from '/tmp/wt/page-ui/test/page/open-page.js';
const stage = await openStage({ alike: true, reducedMotion: 'reduce', timezoneId: 'UTC' });
for (let i=2;i<process.argv.length;i+=4) {
  const [name,q,w,h]=process.argv.slice(i,i+4) as [string,string,string,string];
  await stage.open(q,Number(w),Number(h));
  await stage.page.mouse.move(0,0); await stage.settle();
  await stage.page.screenshot({path:`/tmp/page-ui/${name}.png`, fullPage: Number(h)===0||name.startsWith('full')});
  console.log(name, stage.problems.splice(0));
}
await stage.close(); process.exit(0);
