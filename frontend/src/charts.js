// Only on pages with charts.  <div data-chart="json-id"> is drawn from <script type="application/json" id="json-id">,
// the option that suqing.charts.echarts has made.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent,
  TitleComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  MarkPointComponent, TitleComponent, TooltipComponent, CanvasRenderer]);

function draw(place) {
  const source = document.getElementById(place.dataset.chart);
  if (!source || place.drawn) return;
  place.drawn = true;
  const css = getComputedStyle(document.documentElement);
  const option = JSON.parse(source.textContent);
  const chart = init(place, null, { renderer: "canvas" });
  chart.setOption({
    backgroundColor: "transparent",
    animation: false,
    ...option,
    textStyle: { fontFamily: css.getPropertyValue("--sq-font"), color: css.getPropertyValue("--sq-ink-2").trim(), ...option.textStyle },
    // The HTML tooltip of ECharts writes style attributes, which the content security policy refuses.
    tooltip: { trigger: "axis", confine: true, ...option.tooltip, renderMode: "richText" },
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

function drawAll(root) {
  root.querySelectorAll("[data-chart]").forEach(draw);
}

drawAll(document);
document.body.addEventListener("htmx:load", (event) => drawAll(event.target));
