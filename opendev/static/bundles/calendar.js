/*! opendev f784019d6422232f */
for(let t of document.querySelectorAll("[data-copy]")){if(!navigator.clipboard)continue;let e=t.querySelector("span"),{textContent:o}=e;t.hidden=!1,t.addEventListener("click",async()=>{await navigator.clipboard.writeText(t.dataset.copy),e.textContent=t.dataset.copied,setTimeout(()=>{e.textContent=o},2e3)})}
