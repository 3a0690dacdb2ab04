# What a design tool's script does with flashnas: it asks how much accuracy each area budget of a block buys, and how
# fast the chip is then. One process answers all questions; a line goes in, a line comes back.
#
#   tclsh explore.tcl [FLASHNAS]

set program [expr {$argc > 0 ? [lindex $argv 0] : "flashnas"}]
set server [open [list | $program serve 2>@stderr] r+]
fconfigure $server -buffering line -encoding utf-8 -translation lf

# Asks one question and returns its answer, a line of JSON.
proc ask {id command options} {
  global server
  set pairs {}
  foreach {name value} $options { lappend pairs "\"$name\": \"$value\"" }
  puts $server "{\"id\": $id, \"command\": \"$command\", \"options\": {[join $pairs {, }]}}"
  if {[gets $server answer] < 0} { error "flashnas ended" }
  if {![string match "\{\"id\":$id,*" $answer]} { error "another question's answer: $answer" }
  if {[regexp {"error":\{"code":(\d+),"message":"(([^"\\]|\\.)*)"} $answer -> code message]} {
    error "flashnas: $message (code $code)"
  }
  return $answer
}

# A number of the best design, "-" where there is none. Keys of an answer are sorted: costs stand before the point.
proc best {answer key} {
  if {[regexp {"best":null} $answer]} { return "-" }
  set pattern [format {"best":\{[^\{\}]*"%s":([-+0-9.eE]+)} $key]
  if {![regexp $pattern $answer -> value]} { error "no $key: $answer" }
  return $value
}

puts "area budget  accuracy  latency"
set id 0
foreach area {0.2mm2 1.35mm2 1.5mm2 2mm2} {
  set answer [ask [incr id] search [list maximize accuracy max-area $area min-accuracy 80% max-latency 60us]]
  set accuracy [best $answer accuracy]
  if {$accuracy eq "-"} {
    puts [format "%11s  no network is as small" $area]
  } else {
    puts [format "%11s  %7.2f%%  %.2f us" $area [expr {100 * $accuracy}] [expr {1e6 * [best $answer latency_s]}]]
  }
}

# A wrong question is an error of Tcl, and the next one is answered.
if {[catch {ask [incr id] search {max-area 2}} message]} { puts $message }
puts "within 60 us: [format %.2f%% [expr {100 * [best [ask [incr id] search {max-latency 60us}] accuracy]}]]"
close $server
